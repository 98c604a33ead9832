import { existsSync } from "node:fs";
import { join } from "node:path";

const INTER = "/usr/share/fonts/opentype/inter";
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include>/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family"><string>system-ui</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
</fontconfig>
`;

/**
 * The page asks for the system's own font. On a server that is a fallback nobody would choose: where Debian's package
 * `fonts-inter` can be installed, the browsers that this process starts take Inter, as a desktop takes its own.
 */
export async function useNicerFont(folder: string): Promise<void> {
  if (!existsSync(INTER) && process.getuid?.() === 0 && Bun.which("apt-get") !== null)
    await Bun.spawn(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-inter"], {
      stdout: "ignore",
      stderr: "ignore",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).exited;
  if (!existsSync(INTER)) return;
  const file = join(folder, "fonts.conf");
  await Bun.write(file, FONTS_CONF);
  process.env["FONTCONFIG_FILE"] = file;
}
