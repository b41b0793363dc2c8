package composite

import (
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
	"github.com/valyala/fastjson"
)

// parameter says what is wrong with a SearchParameter resource that would be in effect, and what there is to remark of another.
func (m *Models) parameter(now *Model, v *fastjson.Value, tenant string) (remarks, issues []fhir.Issue) {
	_, active := search.ReadCustom(v)
	switch {
	case !active:
		return remark("SearchParameter.status", "it is stored and not in effect: its status is not active"), nil
	case tenant != "" && tenant != m.config.Tenant:
		return remark("SearchParameter", "it is stored and not in effect: search parameters are those of the default tenant, for all tenants"), nil
	}
	if issues = now.Parameters.CheckCustom(v); len(issues) > 0 {
		return nil, issues
	}
	return remark("SearchParameter", "it is in effect; searches by it fail with PARAMETER_BUILDING until what was stored before is indexed"), nil
}

func remark(path, message string) []fhir.Issue {
	return []fhir.Issue{{Path: path, Code: "informational", Message: message}}
}
