/** Opaque tokens of a real Spring Authorization Server: the sample issuer, in a process of its own. */
@NullMarked
package dev.procura.gateway.opaque;

import org.jspecify.annotations.NullMarked;
