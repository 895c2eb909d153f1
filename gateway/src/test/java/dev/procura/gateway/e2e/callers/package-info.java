/**
 * Whose tokens are let in, over HTTP: one table with every shape of token that the supported issuers are documented to
 * write, signed by keys of our own. What is let in, who the API is told it is, and what is turned away with which reason.
 */
@NullMarked
package dev.procura.gateway.e2e.callers;

import org.jspecify.annotations.NullMarked;
