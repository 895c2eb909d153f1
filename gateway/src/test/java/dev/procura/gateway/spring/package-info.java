/**
 * The gateway's client proves itself to a real Spring Authorization Server by a key and by certificates: the sample
 * issuer over TLS, in a process of its own.
 */
@NullMarked
package dev.procura.gateway.spring;

import org.jspecify.annotations.NullMarked;
