package dev.procura.gateway.inbound;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An issuer of many tenants, or an address of one of them: text that holds {@code {tenantid}}, in any case. A tenant is a
 * GUID in lower case, as Entra writes them; nothing else ever takes its place.
 */
public record TenantTemplate(String text) {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{tenantid}", Pattern.CASE_INSENSITIVE);
    private static final String GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    public TenantTemplate {
        text = PLACEHOLDER.matcher(text).replaceAll("{tenantid}");
    }

    public static boolean isTemplate(String text) {
        return PLACEHOLDER.matcher(text).find();
    }

    public static boolean isTenant(String text) {
        return text.matches(GUID);
    }

    /** For readers that know only real addresses. */
    public static String placeholderAsTenant(String text) {
        return PLACEHOLDER.matcher(text).replaceAll("tenant");
    }

    public String forTenant(String tenant) {
        return PLACEHOLDER.matcher(text).replaceAll(Matcher.quoteReplacement(tenant));
    }

    /** The tenant that makes the issuer out of the template; empty when none does. */
    Optional<String> tenantOf(String issuer) {
        String[] parts = PLACEHOLDER.split(text, -1);
        if (parts.length != 2
                || !issuer.startsWith(parts[0])
                || !issuer.endsWith(parts[1])
                || issuer.length() < parts[0].length() + parts[1].length()) {
            return Optional.empty();
        }
        String tenant = issuer.substring(parts[0].length(), issuer.length() - parts[1].length());
        return isTenant(tenant) ? Optional.of(tenant) : Optional.empty();
    }

    /** Whether two texts are the same but for the spelling of the placeholder. */
    boolean isSameAs(String other) {
        return equals(new TenantTemplate(other));
    }
}
