package dev.procura.sample.downstream;

import java.util.Locale;

/** A user context failed a check. The message names the check and nothing of what was sent. */
final class UserContextRefused extends RuntimeException {

    private final Check check;

    UserContextRefused(Check check) {
        super(check.meaning());
        this.check = check;
    }

    UserContextRefused(Check check, Throwable cause) {
        super(check.meaning(), cause);
        this.check = check;
    }

    Check check() {
        return check;
    }

    /** The complete list of checks, in the order in which they are made. */
    enum Check {
        MISSING("This tier needs a user context, and none came."),
        MALFORMED("There must be exactly one user context, and it must be a signed JWT with readable claims."),
        TYP("The header typ must be " + UserContextVerifier.TYPE + "."),
        ALG("The signature algorithm must be ES256."),
        KEY("None of the gateway's published keys has this key id."),
        SIGNATURE("The signature does not match."),
        ISS("It was issued by someone else."),
        AUD("It is addressed to another tier."),
        EXP("It has expired, never expires, or lives longer than a minute."),
        ATH("It belongs to another access token than the one beside it."),
        CALLER("It does not say for whom the gateway acts.");

        private final String meaning;

        Check(String meaning) {
            this.meaning = meaning;
        }

        /** A stable code for machines. */
        String code() {
            return "user_context_" + name().toLowerCase(Locale.ROOT);
        }

        /** One sentence for people. */
        String meaning() {
            return meaning;
        }
    }
}
