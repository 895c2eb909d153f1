/**
 * The authorization server of the demo and the tests: Spring Authorization Server with two users, a few clients and the
 * rules that make token exchange safe, which it leaves to whoever runs it. Start reading at
 * {@link dev.procura.sample.issuer.IssuerConfiguration}; the rules are in
 * {@link dev.procura.sample.issuer.AccessTokenRules}.
 *
 * <p>For demos and tests only: {@link dev.procura.sample.issuer.DemoTokenController} hands a user's token to whoever
 * asks.
 */
@NullMarked
package dev.procura.sample.issuer;

import org.jspecify.annotations.NullMarked;
