// The editor's own grammar of GraphQL, which has no typings.
declare module 'monaco-editor/esm/vs/basic-languages/graphql/graphql.js' {
  import type { languages } from 'monaco-editor';
  export const conf: languages.LanguageConfiguration;
  export const language: languages.IMonarchLanguage;
}
