import { CombinedGraphQLErrors, type ErrorLike } from '@apollo/client';

/** What went wrong, in the gateway's words, with a way to try again. */
export function Problem({ error, onRetry }: { error: ErrorLike; onRetry(): void }) {
  return (
    <div className="problem" role="alert">
      <p>
        <strong>{codeOf(error) ?? 'The gateway does not answer'}</strong> {error.message}
      </p>
      <button onClick={onRetry}>Try again</button>
    </div>
  );
}

/** The code of the first error that the gateway answered with: CONFLICT, NOT_FOUND, …; undefined when it did not answer. */
export function codeOf(error: ErrorLike): string | undefined {
  if (!CombinedGraphQLErrors.is(error)) return undefined;
  return error.errors[0]?.extensions?.['code'] as string | undefined;
}
