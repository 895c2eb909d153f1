package dev.procura.gateway.idp;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells the addresses of Azure AD B2C: its host, or one of its policies in the path or in the query. */
final class B2cEndpoint {

    private static final Pattern POLICY = Pattern.compile("[/=]b2c_1a?_[^/&]+|/tfp/");

    private B2cEndpoint() {}

    static boolean is(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        return lower.matches("https?://[^/]*\\.b2clogin\\.com(:\\d+)?(/.*)?")
                || POLICY.matcher(lower).find();
    }
}
