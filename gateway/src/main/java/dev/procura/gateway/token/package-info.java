/**
 * The words that everyone shares: immutable values, made of the JDK alone.
 *
 * <p>Question: what are we talking about? Front door: every public type here. May import: the JDK.
 *
 * <p>Glossary: a <em>token value</em> is the secret text that travels; its <em>fingerprint</em> stands for it in keys,
 * logs and {@code ath} claims. <em>Claims</em> are what a token says. An <em>access token</em> is what an authorization
 * server gave us for a tier.
 */
@NullMarked
package dev.procura.gateway.token;

import org.jspecify.annotations.NullMarked;
