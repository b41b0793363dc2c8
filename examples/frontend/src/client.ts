import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';

import { heliograph } from './generated/heliograph.mjs';

/** The client of the gateway beside the page: queries and mutations by HTTP, subscriptions over one WebSocket. */
export function createApolloClient(): ApolloClient {
  const address = new URL('graphql', document.baseURI).href;
  const sockets = createClient({
    url: address.replace(/^http/, 'ws'),
    // A connection that broke is made anew, however often. What happened meanwhile was missed: what is on the page is read again.
    retryAttempts: Infinity,
    shouldRetry: () => true,
    on: { connected: (_socket, _payload, again) => void (again && client.refetchQueries({ include: 'active' })) },
  });
  const client = new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(sockets),
      new HttpLink({ uri: address }),
    ),
    // The settings are the gateway's own: a resource is kept by its nodeId, for ids are unique within a type only.
    cache: new InMemoryCache(heliograph),
  });
  return client;
}
