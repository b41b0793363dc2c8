package terminology

// ValueSets are the URLs of the value sets of a base.
func ValueSets(b *Base) (urls []string) {
	for key := range b.blocks {
		if key.resourceType == valueSetType {
			urls = append(urls, key.url)
		}
	}
	return urls
}
