package dev.procura.gateway.e2e.vendors;

import com.nimbusds.jose.util.Base64URL;
import dev.procura.gateway.e2e.callers.EntraTokens;

/** The answers of the vendors' documentation, with invented values. {@code <TOKEN>} is where the access token goes. */
final class Bodies {

    static final String ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

    static final String REFRESH_TOKEN = "AQABAAAAAADrefresh.token.of.version.one.that.opens.many.resources";

    /** Azure AD signs it not at all. */
    static final String UNSIGNED_ID_TOKEN = Base64URL.encode("{\"typ\":\"JWT\",\"alg\":\"none\"}") + "."
            + Base64URL.encode("{\"aud\":\"5d1e0000-aaaa-4aaa-8aaa-000000000001\",\"name\":\"Ana of the ID token\"}")
            + ".";

    /** What a server says in prose, of which nothing may reach a caller. */
    static final String PROSE =
            "Words of the server about 'api-ledger' for application 'b3d1a9d2-2222-4e4e-8f8f-0c0c0c0c0c0c'";

    static final String TRACE_ID = "1b2c3d4e-aaaa-4bbb-8ccc-0d0d0d0d0d0d";
    static final String CORRELATION_ID = "9f8e7d6c-aaaa-4bbb-8ccc-0e0e0e0e0e0e";

    static final String CLAIMS =
            "{\"access_token\":{\"polids\":{\"essential\":true,\"values\":[\"c0ffee00-0000-4000-8000-000000000001\"]}}}";

    static final String ENTRA = """
            {"token_type":"Bearer","scope":"api://ledger/Entries.Read","expires_in":4121,"ext_expires_in":4121,\
            "access_token":"<TOKEN>"}""";

    static final String AZURE_AD = """
            {"token_type":"Bearer","scope":"user_impersonation","expires_in":"3599","ext_expires_in":"3599",\
            "expires_on":"1795000000","not_before":"1794996100","resource":"https://ledger.contoso.test",\
            "access_token":"<TOKEN>","refresh_token":"<REFRESH>","id_token":"<ID>"}""".replace("<REFRESH>", REFRESH_TOKEN).replace("<ID>", UNSIGNED_ID_TOKEN);

    static final String B2C = """
            {"access_token":"<TOKEN>","token_type":"Bearer","not_before":1794996100,"expires_in":3600,\
            "expires_on":1795000000,"resource":"11aa22bb-0000-4000-8000-00000000000b"}""";

    static final String AUTH0 = """
            {"access_token":"<TOKEN>","expires_in":7200,"token_type":"Bearer",\
            "issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}""";

    static final String AUTH0_CUSTOM = """
            {"access_token":"<TOKEN>","expires_in":7200,"token_type":"Bearer","scope":"ledger.read",\
            "issued_token_type":"urn:ietf:params:oauth:token-type:access_token",\
            "id_token":"<ID>","refresh_token":"<REFRESH>"}""".replace("<REFRESH>", REFRESH_TOKEN).replace("<ID>", UNSIGNED_ID_TOKEN);

    static final String OKTA = """
            {"token_type":"Bearer","expires_in":3600,"access_token":"<TOKEN>","scope":"ledger.read",\
            "issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}""";

    static final String TOKENX = """
            {"access_token":"<TOKEN>","issued_token_type":"urn:ietf:params:oauth:token-type:access_token",\
            "token_type":"Bearer","expires_in":299}""";

    static final String RFC7523 = """
            {"access_token":"<TOKEN>","token_type":"Bearer","expires_in":300,"scope":"entries.read"}""";

    static final String RFC8693 = """
            {"access_token":"<TOKEN>","issued_token_type":"urn:ietf:params:oauth:token-type:access_token",\
            "token_type":"Bearer","expires_in":300,"scope":"entries.read"}""";

    private Bodies() {}

    /** @param more members behind it, each with a comma before it */
    static String entra(String error, String code, String... more) {
        return """
                {"error":"%1$s","error_description":"AADSTS%2$s: %3$s in tenant '%4$s'.\\r\\nTrace ID: %5$s\\r\\nCorrelation ID: \
                %6$s\\r\\nTimestamp: 2026-11-02 09:10:11Z","error_codes":[%2$s],"timestamp":"2026-11-02 09:10:11Z",\
                "trace_id":"%5$s","correlation_id":"%6$s",\
                "error_uri":"https://login.microsoftonline.com/error?code=%2$s"%7$s}""".formatted(error, code, PROSE, EntraTokens.ORCHID, TRACE_ID, CORRELATION_ID, String.join("", more));
    }

    static String suberror(String suberror) {
        return ",\"suberror\":\"" + suberror + "\"";
    }

    /** JSON in a string of JSON. */
    static String claims(String json) {
        return ",\"claims\":\"" + json.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    static String b2c(String error, String code) {
        return """
                {"error":"%s","error_description":"AADB2C%s: %s.\\r\\nCorrelation ID: %s\\r\\nTimestamp: 2026-11-02 09:10:11Z\\r\\n"}""".formatted(error, code, PROSE, CORRELATION_ID);
    }

    /** RFC 6749 section 5.2. */
    static String plain(String error) {
        return plain(error, PROSE);
    }

    static String plain(String error, String words) {
        return "{\"error\":\"" + error + "\",\"error_description\":\"" + words + "\"}";
    }
}
