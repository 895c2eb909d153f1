/**
 * Question 3: what must go outbound?
 *
 * <p>A permit and a route's {@link dev.procura.gateway.credential.CredentialPlan} become the {@link
 * dev.procura.gateway.credential.OutboundCredential} that the tier gets. Owns {@link
 * dev.procura.gateway.credential.TokenSource}, the one method behind which everything else of obtaining tokens hides, and
 * {@link dev.procura.gateway.credential.RefusedTokens}, what happens to one that a tier does not take.
 * Front door: {@link dev.procura.gateway.credential.Credentials}. May import: {@code token}, {@code problem}, {@code
 * inbound}, {@code policy}.
 */
@NullMarked
package dev.procura.gateway.credential;

import org.jspecify.annotations.NullMarked;
