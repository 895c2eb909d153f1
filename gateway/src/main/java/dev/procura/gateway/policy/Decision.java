package dev.procura.gateway.policy;

/** What the policy says of one request. */
public sealed interface Decision permits Permit, Denial {}
