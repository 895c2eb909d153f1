/** The gateway that a Spring user writes from the documentation: nothing is left out, and nothing made faster. */
@NullMarked
package dev.procura.benchmarks.handwired;

import org.jspecify.annotations.NullMarked;
