package dev.procura.gateway.cache;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.Fingerprint;

/** What stands for a caller in the key, beside who he is ({@code procura.cache.subject}). */
@FunctionalInterface
public interface SubjectChoice {

    /** The very token: another one of the same caller is another subject. */
    SubjectChoice TOKEN = caller -> caller.token().fingerprint();

    Fingerprint of(Caller.Known caller);
}
