/**
 * Question 2: may they?
 *
 * <p>A caller and an {@link dev.procura.gateway.policy.AccessRule} become a {@link dev.procura.gateway.policy.Permit} or a
 * {@link dev.procura.gateway.policy.Denial}. Pure functions. Front door: {@link dev.procura.gateway.policy.AccessPolicy}.
 * May import: {@code token}, {@code problem}, {@code inbound}.
 */
@NullMarked
package dev.procura.gateway.policy;

import org.jspecify.annotations.NullMarked;
