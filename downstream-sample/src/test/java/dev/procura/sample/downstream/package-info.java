/** The tier from outside, over HTTP, and its two decisions that depend on time. */
@NullMarked
package dev.procura.sample.downstream;

import org.jspecify.annotations.NullMarked;
