/**
 * Beside the path: what an operator sees. Today the table and the warnings of the start-up.
 *
 * <p>Front door: {@link dev.procura.gateway.console.StartupReport}. May import every other package but the root.
 */
@NullMarked
package dev.procura.gateway.console;

import org.jspecify.annotations.NullMarked;
