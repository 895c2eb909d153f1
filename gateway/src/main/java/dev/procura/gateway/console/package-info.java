/**
 * Beside the path: what an operator sees and does. The table and the warnings of the start-up, health and metrics, and the
 * management endpoint.
 *
 * <p>Front doors: {@link dev.procura.gateway.console.StartupReport}, {@link
 * dev.procura.gateway.console.RevocationEndpoint}. May import every other package but the root.
 */
@NullMarked
package dev.procura.gateway.console;

import org.jspecify.annotations.NullMarked;
