package dev.procura.gateway.idp;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells the addresses of Azure AD B2C: its hosts, or one of its policies in the path or in the query. A custom domain that
 * names neither cannot be told.
 */
final class B2cEndpoint {

    private static final Pattern POLICY = Pattern.compile("[/=]b2c_1a?_[^/&]+|/tfp/");

    private static final Pattern HOST = Pattern.compile("https?://([^/:?#]*)");

    private static final Set<String> DOMAINS = Set.of("b2clogin.com", "b2clogin.cn", "b2clogin.us", "cpim.windows.net");

    private B2cEndpoint() {}

    static boolean is(String address) {
        String plain = address.toLowerCase(Locale.ROOT).replace("%5f", "_").replace("%2f", "/");
        Matcher host = HOST.matcher(plain);
        String name = host.lookingAt() ? host.group(1).replaceFirst("\\.$", "") : "";
        return DOMAINS.stream().anyMatch(domain -> name.endsWith("." + domain))
                || POLICY.matcher(plain).find();
    }
}
