/** A random id as Kafka writes them: a UUID in base64url, without one that begins with a dash (`Uuid.randomUuid`). */
export function randomKafkaId(): string {
  for (;;) {
    const id = Buffer.from(crypto.randomUUID().replaceAll("-", ""), "hex").toString("base64url");
    if (!id.startsWith("-")) return id;
  }
}
