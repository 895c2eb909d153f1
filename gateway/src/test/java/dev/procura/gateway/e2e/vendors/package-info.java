/**
 * What the authorization servers of the vendors answer, over HTTP: the question that each is asked, to the field; every
 * answer that they are documented to give, and what becomes of it for the caller, in the log and in the cache. The bodies
 * are those of their documentation, with invented values; WireMock gives them.
 */
@NullMarked
package dev.procura.gateway.e2e.vendors;

import org.jspecify.annotations.NullMarked;
