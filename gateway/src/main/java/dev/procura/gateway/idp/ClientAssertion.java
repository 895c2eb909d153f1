package dev.procura.gateway.idp;

/** The two fields in which a client assertion travels (RFC 7521 section 4.2, RFC 7523 section 2.2). */
final class ClientAssertion {

    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private ClientAssertion() {}

    static void add(Form form, String assertion) {
        form.add("client_assertion_type", TYPE).add("client_assertion", assertion);
    }
}
