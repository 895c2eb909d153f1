/** What the tests over HTTP stand on: an authorization server that can misbehave, a tier that remembers, a gateway. */
@NullMarked
package dev.procura.gateway.testkit;

import org.jspecify.annotations.NullMarked;
