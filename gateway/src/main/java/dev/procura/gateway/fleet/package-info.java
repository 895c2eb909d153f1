/**
 * Beside question 4: what do the other replicas know?
 *
 * <p>Everything that replicas of one gateway tell each other, and nothing else: credentials, revocations, public keys. It
 * goes through a store that all reach and nobody trusts. Front doors: {@link dev.procura.gateway.fleet.SharedStore} (the
 * store), and the classes that implement what earlier packages ask for. May import: {@code token}, {@code problem}, {@code
 * inbound}, {@code policy}, {@code credential}, {@code cache}.
 */
@NullMarked
package dev.procura.gateway.fleet;

import org.jspecify.annotations.NullMarked;
