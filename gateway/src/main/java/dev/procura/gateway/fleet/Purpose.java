package dev.procura.gateway.fleet;

/**
 * What something in the shared store is for. Each purpose has keys and names of its own: what was sealed or named for one
 * means nothing for another. The letters are part of the format and never change their meaning.
 */
public enum Purpose {
    CREDENTIAL('c'),
    /** The right to make one call. */
    LEASE('l'),
    REVOCATION('r'),
    /** How many revocations the fleet knows of. */
    GENERATION('g'),
    /** Where replicas tell each other what is new. */
    NEWS('n'),
    /** A public key that tiers need. */
    PUBLIC_KEY('k');

    private final char letter;

    Purpose(char letter) {
        this.letter = letter;
    }

    char letter() {
        return letter;
    }
}
