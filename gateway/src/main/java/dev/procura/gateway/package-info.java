/**
 * The composition root: the only package that knows all the others. Read {@code GatewayConfiguration} first.
 */
@NullMarked
package dev.procura.gateway;

import org.jspecify.annotations.NullMarked;
