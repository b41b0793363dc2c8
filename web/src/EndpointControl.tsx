import type { Endpoint } from './endpoint';

interface EndpointControlProps {
  endpoint: Endpoint;
  onEndpoint(endpoint: Endpoint): void;
  /** The resource types there are, to choose from. */
  types: readonly string[];
  /** The id that an instance starts with. */
  patientId: string | null;
}

/** The choice of the endpoint that the current tab asks, with the resource that it starts in where it starts in one. */
export function EndpointControl({ endpoint, onEndpoint, types, patientId }: EndpointControlProps) {
  const choose = (kind: Endpoint['kind']) =>
    onEndpoint(kind === 'instance' ? { kind, type: 'Patient', id: patientId ?? '' } : { kind });
  return (
    <div className="hg-endpoint">
      <label className="hg-field">
        Endpoint
        <select value={endpoint.kind} onChange={(event) => choose(event.target.value as Endpoint['kind'])}>
          <option value="strict">/graphql</option>
          <option value="dialect">/fhir/$graphql</option>
          <option value="instance">/fhir/…/$graphql</option>
        </select>
      </label>
      {endpoint.kind === 'instance' && <Instance endpoint={endpoint} onEndpoint={onEndpoint} types={types} />}
    </div>
  );
}

type InstanceProps = Pick<EndpointControlProps, 'onEndpoint' | 'types'> & { endpoint: Endpoint & { kind: 'instance' } };

function Instance({ endpoint, onEndpoint, types }: InstanceProps) {
  // A blank or a slash would end the address in the query's line.
  const set = (change: { type?: string; id?: string }) => {
    const next = { ...endpoint, ...change };
    onEndpoint({ ...next, type: next.type.replace(/[\s/]/g, ''), id: next.id.replace(/[\s/]/g, '') });
  };
  return (
    <>
      <input
        aria-label="Resource type"
        placeholder="type"
        list="hg-types"
        size={12}
        spellCheck={false}
        value={endpoint.type}
        onChange={(event) => set({ type: event.target.value })}
      />
      <datalist id="hg-types">
        {types.map((type) => (
          <option key={type} value={type} />
        ))}
      </datalist>
      <span aria-hidden="true">/</span>
      <input
        aria-label="Resource id"
        placeholder="id"
        size={12}
        spellCheck={false}
        value={endpoint.id}
        onChange={(event) => set({ id: event.target.value })}
      />
    </>
  );
}
