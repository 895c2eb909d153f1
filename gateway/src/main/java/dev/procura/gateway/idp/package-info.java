/**
 * Question 5: what does the authorization server say?
 *
 * <p>A {@link dev.procura.gateway.credential.TokenSource} over HTTP. Each way of asking is one small {@link
 * dev.procura.gateway.idp.Dialect}; a new authorization server is one new file. Front door: {@link
 * dev.procura.gateway.idp.TokenEndpoints}. May import: {@code token}, {@code problem}, {@code inbound}, {@code policy},
 * {@code credential}, {@code cache}.
 */
@NullMarked
package dev.procura.gateway.idp;

import org.jspecify.annotations.NullMarked;
