import { conf, language } from 'monaco-editor/esm/vs/basic-languages/graphql/graphql.js';
import type * as Monaco from 'monaco-graphql/esm/monaco-editor.js';

// The editor's language for queries in FHIR's dialect: GraphQL's colours without its checks and completion, which go by the schema of
// /graphql and would call the dialect's literals and directives mistakes. The server checks them.
const DIALECT = 'fhir-graphql';
const CHECKED = 'graphql';

/** Gives a query's text the language that fits where it goes. */
export function setLanguage(monaco: typeof Monaco, model: Monaco.editor.ITextModel, checked: boolean): void {
  if (!monaco.languages.getLanguages().some(({ id }) => id === DIALECT)) {
    monaco.languages.register({ id: DIALECT });
    monaco.languages.setLanguageConfiguration(DIALECT, conf);
    monaco.languages.setMonarchTokensProvider(DIALECT, language);
  }
  monaco.editor.setModelLanguage(model, checked ? CHECKED : DIALECT);
}

/** Removes what a check that was under way when the language changed still marks. */
export function unmark(monaco: typeof Monaco, model: Monaco.editor.ITextModel): void {
  if (model.getLanguageId() !== DIALECT) return;
  if (monaco.editor.getModelMarkers({ owner: CHECKED, resource: model.uri }).length === 0) return;
  monaco.editor.setModelMarkers(model, CHECKED, []);
}
