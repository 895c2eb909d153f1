/**
 * One small resource API that can play any tier: it answers with what it saw. Start reading at
 * {@link dev.procura.sample.downstream.TierConfiguration}.
 *
 * <p>It shows what a team behind the gateway has to write: validate the one token addressed to this API, call the next
 * tier through the gateway with that token and its own beside it, and, in a trusted subsystem, verify the signed user
 * context. Words: <em>tier</em>, this API; <em>credential</em>, the access token the gateway put on the request;
 * <em>own token</em>, the one this API got in its own name; <em>user context</em>, the gateway's signed statement about
 * the caller that a credential in the gateway's own name stands for.
 */
@NullMarked
package dev.procura.sample.downstream;

import org.jspecify.annotations.NullMarked;
