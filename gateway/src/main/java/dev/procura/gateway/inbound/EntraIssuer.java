package dev.procura.gateway.inbound;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The spellings of Entra's issuers. The service answers under several host names, and its tokens know one. */
public final class EntraIssuer {

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
    public static String canonical(String issuer) {
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

    /**
     * The issuer in both versions, the given one among them: which one a token has is up to the API that it is for, not to
     * the endpoint that was asked. Of hosts that are not known, the given one alone.
     */
    public static Set<String> ofBothVersions(String issuer) {
        return new LinkedHashSet<>(List.of(canonical(issuer), inVersion(issuer, false), inVersion(issuer, true)));
    }

    /** The same tenant's issuer in the other spelling; of hosts that are not known, as it was. */
    public static String inVersion(String issuer, boolean version2) {
        String known = canonical(issuer);
        if (!known.startsWith(HTTPS + V1_HOST + "/") && !known.startsWith(HTTPS + V2_HOST + "/")) {
            return issuer;
        }
        String path = known.substring(known.indexOf('/', HTTPS.length()) + 1)
                .replaceAll("/+$", "")
                .replaceAll("/v2\\.0$", "");
        return version2 ? HTTPS + V2_HOST + "/" + path + "/v2.0" : HTTPS + V1_HOST + "/" + path + "/";
    }

    /** Version 1.0 tokens name a host that only signs; its metadata is documented at the other one. */
    public static String metadataUri(String issuer) {
        String signer = HTTPS + V1_HOST + "/";
        String base = issuer.startsWith(signer) ? HTTPS + V2_HOST + "/" + issuer.substring(signer.length()) : issuer;
        return base.replaceAll("/+$", "") + "/.well-known/openid-configuration";
    }

    /** Of an issuer, or another address that holds a tenant. */
    public static Optional<String> spellingFault(String issuer) {
        for (String segment : issuer.split("/", -1)) {
            if (NO_TENANTS.contains(segment.toLowerCase(Locale.ROOT))) {
                return Optional.of("holds " + segment
                        + ", which no token says: each names its tenant, so use the template with tenants beside it");
            }
        }
        return Optional.empty();
    }
}
