import { useGraphiQL, useMonaco } from '@graphiql/react';
import { useEffect } from 'react';

import { setLanguage, unmark } from './dialect';
import { endpointLine, endpointOf, lineOf, type Endpoint } from './endpoint';

/** Writes the endpoint into the text of the current tab, as an edit that can be undone. */
export type WriteEndpoint = (endpoint: Endpoint) => void;

interface TabEndpointProps {
  onEndpoint(endpoint: Endpoint): void;
  onReady(write: WriteEndpoint): void;
}

/** Stands inside GraphiQL, shows nothing, and tells the page which endpoint the text in its editor names. */
export function TabEndpoint({ onEndpoint, onReady }: TabEndpointProps) {
  const editor = useGraphiQL((state) => state.queryEditor);
  const monaco = useMonaco((state) => state.monaco);
  useTabInView();
  useEffect(() => {
    const model = editor?.getModel();
    if (!editor || !model || !monaco) return;
    const read = () => {
      const endpoint = endpointOf(model.getValue());
      setLanguage(monaco, model, endpoint.kind === 'strict');
      onEndpoint(endpoint);
    };
    read();
    onReady((endpoint) => {
      const edit = editOf(model.getValue(), endpoint);
      if (edit === null) return;
      editor.pushUndoStop();
      editor.executeEdits('endpoint', [edit]);
    });
    const watching = [model.onDidChangeContent(read), monaco.editor.onDidChangeMarkers(() => unmark(monaco, model))];
    return () => watching.forEach((watch) => watch.dispose());
  }, [editor, monaco, onEndpoint, onReady]);
  return null;
}

/** Keeps the current tab in view where there are more than fit. */
function useTabInView(): void {
  const index = useGraphiQL((state) => state.activeTabIndex);
  useEffect(() => {
    const tab = document.querySelectorAll('button[id^="graphiql-session-tab-"]')[index];
    tab?.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [index]);
}

/** The edit that makes a text name an endpoint; null when nothing is to be done. */
function editOf(text: string, endpoint: Endpoint) {
  const at = endpointLine(text);
  const line = lineOf(endpoint);
  if (at === null) return line === null ? null : { range: range(1, 1), text: `${line}\n` };
  return { range: range(at, at + 1), text: line === null ? '' : `${line}\n` };
}

function range(from: number, to: number) {
  return { startLineNumber: from, startColumn: 1, endLineNumber: to, endColumn: 1 };
}
