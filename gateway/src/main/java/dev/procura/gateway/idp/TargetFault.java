package dev.procura.gateway.idp;

/**
 * Why a kind of server cannot be asked for a target as it is configured.
 *
 * @param key below the credential
 * @param reason a clause that goes on from the key
 * @param example a line that would be right
 */
public record TargetFault(String key, String reason, String example) {}
