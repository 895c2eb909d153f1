package dev.procura.gateway.inbound;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The spellings of Entra's issuers. The service answers under several host names, and its tokens know one. */
final class EntraIssuer {

    private static final String HTTPS = "https://";
    private static final String V1_HOST = "sts.windows.net";
    private static final String V2_HOST = "login.microsoftonline.com";

    /** Aliases of one service. */
    private static final Set<String> HOSTS = Set.of(V1_HOST, V2_HOST, "login.windows.net", "login.microsoft.com");

    /** What stands in the place of a tenant in addresses, and in no token. */
    private static final Set<String> NO_TENANTS = Set.of("common", "organizations", "consumers");

    private EntraIssuer() {}

    static boolean isVersion2(String issuer) {
        return issuer.replaceAll("/+$", "").endsWith("/v2.0");
    }

    /** What tokens say where the configuration uses another host name of the same service; the rest is as it was. */
    static String canonical(String issuer) {
        Optional<URI> uri = SecureUri.parse(TenantTemplate.placeholderAsTenant(issuer));
        boolean known = uri.map(URI::getHost)
                .map(host -> host.toLowerCase(Locale.ROOT))
                .filter(HOSTS::contains)
                .isPresent();
        int path = issuer.indexOf('/', HTTPS.length());
        if (!known || !issuer.startsWith(HTTPS) || path < 0) {
            return issuer;
        }
        String tenant = issuer.substring(path).replaceAll("/+$", "");
        return isVersion2(issuer) ? HTTPS + V2_HOST + tenant : HTTPS + V1_HOST + tenant + "/";
    }

    /** Version 1.0 tokens name a host that only signs; its metadata is documented at the other one. */
    static String metadataUri(String issuer) {
        String signer = HTTPS + V1_HOST + "/";
        String base = issuer.startsWith(signer) ? HTTPS + V2_HOST + "/" + issuer.substring(signer.length()) : issuer;
        return base.replaceAll("/+$", "") + "/.well-known/openid-configuration";
    }

    static Optional<String> spellingFault(String issuer) {
        for (String segment : issuer.split("/", -1)) {
            if (NO_TENANTS.contains(segment.toLowerCase(Locale.ROOT))) {
                return Optional.of("holds " + segment
                        + ", which no token says: each names its tenant, so use the template with tenants beside it");
            }
        }
        return Optional.empty();
    }
}
