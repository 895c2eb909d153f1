/** A real Keycloak for the integration tests: one process for all of them, with the realm of {@code procura-realm.json}. */
@NullMarked
package dev.procura.gateway.keycloak;

import org.jspecify.annotations.NullMarked;
