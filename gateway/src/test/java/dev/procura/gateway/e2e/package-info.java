/** The promises of the README, over HTTP: what a caller sees, and above all what the tier gets to see. */
@NullMarked
package dev.procura.gateway.e2e;

import org.jspecify.annotations.NullMarked;
