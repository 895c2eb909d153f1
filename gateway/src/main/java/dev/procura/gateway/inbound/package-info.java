/**
 * Question 1: who is calling?
 *
 * <p>A bearer token becomes a {@link dev.procura.gateway.inbound.Caller}: issuers, keys, validation. Front door:
 * {@link dev.procura.gateway.inbound.Authenticator}. May import: {@code token}, {@code problem}.
 *
 * <p>{@link dev.procura.gateway.inbound.AuthorizationServerHttp} and {@link
 * dev.procura.gateway.inbound.ServerMetadata} are also used by {@code idp}: there is one way in which the gateway speaks
 * to an authorization server.
 *
 * <p>What does not count any more is known here too: {@link dev.procura.gateway.inbound.Revocations}, and {@link
 * dev.procura.gateway.inbound.BackChannelLogout}, which hears of it from authorization servers.
 */
@NullMarked
package dev.procura.gateway.inbound;

import org.jspecify.annotations.NullMarked;
