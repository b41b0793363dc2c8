// What an application with Relay has: fragments, pages, refetching, mutations.
import { graphql } from 'relay-runtime';

export const chart = graphql`
  query appChartQuery($id: ID!, $n: Int!) {
    Patient(id: $id) {
      ...app_header
      ...app_timeline @arguments(count: $n)
    }
  }
`;

export const header = graphql`
  fragment app_header on Patient @refetchable(queryName: "appHeaderRefetchQuery") {
    birthDate
    name(_count: 1) { family given }
    generalPractitioner { resource { ...app_who } }
  }
`;

export const who = graphql`
  fragment app_who on Resource {
    __typename
    ... on Practitioner { name { text family } }
    ... on Organization { organizationName: name }
  }
`;

export const timeline = graphql`
  fragment app_timeline on Patient
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "appTimelinePageQuery") {
    ObservationConnection(_reference: subject, _sort: "-date", first: $count, after: $cursor) @connection(key: "app_ObservationConnection") {
      edges { node { status code { text } valueQuantity { value unit } } }
    }
  }
`;

export const list = graphql`
  query appListQuery($where: PatientWhere, $count: Int = 3, $cursor: String) {
    ...app_list
  }
`;

export const patients = graphql`
  fragment app_list on Query @refetchable(queryName: "appListPageQuery") {
    PatientConnection(where: $where, first: $count, after: $cursor) @connection(key: "app_PatientConnection", filters: ["where"]) {
      edges { node { ...app_header } }
    }
  }
`;

export const rename = graphql`
  mutation appRenameMutation($id: ID!, $resource: PatientInput!, $ifMatch: String) {
    PatientUpdate(id: $id, resource: $resource, ifMatch: $ifMatch) {
      effect
      version
      resource { ...app_header }
    }
  }
`;

export const changed = graphql`
  subscription appChangedSubscription($where: PatientWhere, $since: String) {
    PatientChanged(where: $where, since: $since) {
      kind
      token
      resource { ...app_header }
    }
  }
`;
