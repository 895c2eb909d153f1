package dev.procura.gateway.inbound;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator has probably overlooked, in words of the configuration. Looks at what a token says, and never repeats
 * it.
 */
final class Hints {

    private static final String APP_ID_URI = "api://";

    private Hints() {}

    /**
     * Why an {@code iss} that is nobody's looks so much like somebody's; begins with a separator.
     *
     * @param blocks the exact issuers, and the names of their blocks
     * @param unlisted the block whose template would make this issuer, for a tenant that it does not take
     */
    static String aboutIssuer(
            String iss,
            Map<String, String> blocks,
            Optional<String> unlisted,
            boolean takesEntraV1,
            boolean takesEntraV2) {
        String bare = withoutSlash(iss);
        Optional<String> near = blocks.entrySet().stream()
                .filter(block -> withoutSlash(block.getKey()).equalsIgnoreCase(bare))
                .map(Map.Entry::getValue)
                .findFirst();
        if (near.isPresent()) {
            return ": it differs from procura.issuers." + near.get()
                    + ".issuer by a slash at the end, or in capital letters";
        }
        if (unlisted.isPresent()) {
            return ": it is of a tenant that procura.issuers." + unlisted.get() + ".tenants does not list";
        }
        if (iss.startsWith("https://sts.windows.net/") && takesEntraV2 && !takesEntraV1) {
            return ": it is of a version 1.0 token of Entra, and there are blocks for version 2.0 only; add one with issuer:"
                    + " https://sts.windows.net/{tenantid}/, or let the API's registration ask for version 2";
        }
        if (iss.startsWith("https://login.microsoftonline.com/") && takesEntraV1 && !takesEntraV2) {
            return ": it is of a version 2.0 token of Entra, and there are blocks for version 1.0 only; add one with issuer:"
                    + " https://login.microsoftonline.com/{tenantid}/v2.0";
        }
        return "";
    }

    /** Entra knows one API by its id and by its App ID URI, with a slash at the end or without; begins with a separator. */
    static String aboutAudience(Set<String> found, Set<String> accepted) {
        boolean near = found.stream()
                .map(Hints::plain)
                .anyMatch(audience -> accepted.stream().map(Hints::plain).anyMatch(audience::equals));
        return near ? ": it has one in another spelling (api://, a slash at the end), which counts as another one" : "";
    }

    private static String plain(String audience) {
        String bare = withoutSlash(audience);
        return bare.startsWith(APP_ID_URI) ? bare.substring(APP_ID_URI.length()) : bare;
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
