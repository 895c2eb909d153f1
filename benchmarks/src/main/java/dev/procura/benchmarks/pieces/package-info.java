/** The pieces of the hit path, each measured on its own with JMH: {@code benchmarks/run pieces}. */
@NullMarked
package dev.procura.benchmarks.pieces;

import org.jspecify.annotations.NullMarked;
