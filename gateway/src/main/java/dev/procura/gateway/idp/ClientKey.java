package dev.procura.gateway.idp;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.ssl.SslBundle;

/**
 * The private key of an SSL bundle with its certificates, its own first. The two belong together: while the files of a
 * bundle are being replaced, one after the other, they may not.
 */
record ClientKey(PrivateKey privateKey, List<X509Certificate> chain) {

    private static final byte[] PROBE = {1, 2, 3};

    ClientKey {
        chain = List.copyOf(chain);
    }

    /**
     * The key that {@code key.alias} of the bundle names, else the first one.
     *
     * @throws GeneralSecurityException when the bundle has none that can be used; its message holds nothing secret
     */
    static ClientKey of(SslBundle bundle) throws GeneralSecurityException {
        KeyStore store = bundle.getStores().getKeyStore();
        if (store == null) {
            throw new GeneralSecurityException("it has no private key");
        }
        String alias = bundle.getKey().getAlias();
        for (String each : alias == null ? Collections.list(store.aliases()) : List.of(alias)) {
            Key key = store.getKey(each, password(bundle));
            if (key instanceof PrivateKey privateKey) {
                return checked(privateKey, chain(store, each));
            }
        }
        throw new GeneralSecurityException("it has no private key");
    }

    private static List<X509Certificate> chain(KeyStore store, String alias) throws GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        Certificate[] certificates = store.getCertificateChain(alias);
        for (Certificate certificate : certificates == null ? new Certificate[0] : certificates) {
            if (certificate instanceof X509Certificate x509) {
                chain.add(x509);
            }
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("its private key has no certificate");
        }
        return chain;
    }

    /** The key's own password, else the store's, as Spring Boot has it elsewhere. */
    private static char[] password(SslBundle bundle) {
        String password = bundle.getKey().getPassword();
        if (password == null) {
            password = bundle.getStores().getKeyStorePassword();
        }
        return password == null ? new char[0] : password.toCharArray();
    }

    private static ClientKey checked(PrivateKey privateKey, List<X509Certificate> chain)
            throws GeneralSecurityException {
        PublicKey publicKey = chain.get(0).getPublicKey();
        Optional<String> algorithm = signatureOf(publicKey);
        if (algorithm.isPresent() && !fit(privateKey, publicKey, algorithm.get())) {
            throw new GeneralSecurityException("its certificate belongs to another key");
        }
        return new ClientKey(privateKey, chain);
    }

    private static boolean fit(PrivateKey privateKey, PublicKey publicKey, String algorithm) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Optional<String> signatureOf(PublicKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> Optional.of("SHA256withRSA");
            case "EC" -> Optional.of("SHA256withECDSA");
            case "EdDSA", "Ed25519" -> Optional.of("EdDSA");
            default -> Optional.empty();
        };
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    @Override
    public String toString() {
        return "ClientKey[" + certificate().getSerialNumber().toString(16) + "]";
    }
}
