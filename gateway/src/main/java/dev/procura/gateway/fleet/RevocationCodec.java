package dev.procura.gateway.fleet;

import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocation.What;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * A revocation as bytes and back. Each revocation has one spelling, and nothing else is read: so equal revocations are equal
 * records. Text is kept to the letter, also what UTF-8 has no bytes for.
 */
final class RevocationCodec {

    /** Far more than an issuer and a name take, and less than the store takes. */
    static final int MAX_LENGTH = 32 * 1024;

    private RevocationCodec() {}

    /** Empty: too long to be told to anybody. */
    static Optional<byte[]> encode(Revocation revocation) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, revocation.notBefore());
            write(out, revocation.until());
            write(out, revocation.what());
        } catch (IOException e) {
            // Of one text alone that is longer than 64 KiB.
            return Optional.empty();
        }
        return Optional.of(bytes.toByteArray()).filter(all -> all.length <= MAX_LENGTH);
    }

    /** Empty: these bytes are no revocation. */
    static Optional<Revocation> decode(byte[] bytes) {
        if (bytes.length > MAX_LENGTH) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            Instant notBefore = instant(in);
            Instant until = instant(in);
            Revocation revocation = new Revocation(what(in), notBefore, until);
            return encode(revocation)
                    .filter(again -> Arrays.equals(again, bytes))
                    .map(again -> revocation);
        } catch (IOException | DateTimeException | ArithmeticException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void write(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private static void write(DataOutputStream out, What what) throws IOException {
        if (what instanceof What.Subject subject) {
            out.writeByte('u');
            out.writeUTF(subject.issuer());
            out.writeUTF(subject.subject());
        } else if (what instanceof What.Session session) {
            out.writeByte('s');
            out.writeUTF(session.issuer());
            out.writeUTF(session.session());
        } else if (what instanceof What.Client client) {
            out.writeByte('c');
            out.writeUTF(client.issuer());
            out.writeUTF(client.clientId());
        } else if (what instanceof What.Tenant tenant) {
            out.writeByte(tenant.issuer().isPresent() ? 'i' : 't');
            if (tenant.issuer().isPresent()) {
                out.writeUTF(tenant.issuer().get());
            }
            out.writeUTF(tenant.tenant());
        } else if (what instanceof What.Issuer all) {
            out.writeByte('o');
            out.writeUTF(all.issuer());
        } else {
            out.writeByte('a');
        }
    }

    private static What what(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case 'u' -> new What.Subject(in.readUTF(), in.readUTF());
            case 's' -> new What.Session(in.readUTF(), in.readUTF());
            case 'c' -> new What.Client(in.readUTF(), in.readUTF());
            case 'i' -> new What.Tenant(Optional.of(in.readUTF()), in.readUTF());
            case 't' -> new What.Tenant(Optional.empty(), in.readUTF());
            case 'o' -> new What.Issuer(in.readUTF());
            case 'a' -> What.Everything.EVERYTHING;
            default -> throw new IOException("no kind of revocation: " + kind);
        };
    }
}
