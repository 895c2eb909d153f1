/**
 * What a request costs at the gateway, beside its peers, measured in one run on one machine. {@link
 * dev.procura.benchmarks.Benchmarks} is the command; each {@link dev.procura.benchmarks.Scenario} makes one table.
 *
 * <p>The proxy that is measured has core 0 for itself; the load, the authorization server, the tier and this process share
 * core 1. All traffic stays on loopback.
 */
@NullMarked
package dev.procura.benchmarks;

import org.jspecify.annotations.NullMarked;
