/**
 * Question 4: do we have it already?
 *
 * <p>A {@link dev.procura.gateway.credential.TokenSource} becomes one that asks only when it must. The one home of shared,
 * mutable credentials. Front door: {@link dev.procura.gateway.cache.CachingTokenSource}. May import: {@code token}, {@code
 * problem}, {@code inbound}, {@code policy}, {@code credential}.
 */
@NullMarked
package dev.procura.gateway.cache;

import org.jspecify.annotations.NullMarked;
