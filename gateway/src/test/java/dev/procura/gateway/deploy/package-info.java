/** What is below {@code deploy/}, and {@code compose.yaml}: that it says what the gateway understands. */
@org.jspecify.annotations.NullMarked
package dev.procura.gateway.deploy;
