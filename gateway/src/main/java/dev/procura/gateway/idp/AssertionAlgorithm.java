package dev.procura.gateway.idp;

import com.nimbusds.jose.JWSAlgorithm;

/** The algorithms with which a client assertion can be signed (RFC 7518 section 3.1). */
public enum AssertionAlgorithm {
    RS256,
    PS256,
    ES256;

    JWSAlgorithm jws() {
        return JWSAlgorithm.parse(name());
    }
}
