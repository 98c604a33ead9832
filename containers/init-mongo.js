// Makes the replica set and its two users at the first start, and waits for a primary at every start. Runs in mongosh
// inside mongo's own network: only from localhost does a server without users let anybody make the first one.
const { readFileSync } = require("node:fs");

const secret = (name) => readFileSync(`/secrets/${name}`, "utf8").trim();
const admin = db.getSiblingDB("admin");

function isLoggedIn() {
  try {
    return admin.auth("root", secret("mongo-root-password")).ok === 1;
  } catch {
    return false;
  }
}

function initiate() {
  // The member that is asked should become the primary, since the users are made here.
  const members = process.env.MONGO_MEMBERS.split(",").map((host, _id) => ({ _id, host, priority: _id === 0 ? 2 : 1 }));
  try {
    rs.initiate({ _id: "rs0", members });
  } catch (error) {
    if (error.codeName !== "AlreadyInitialized") throw error;
  }
  if (!db.hello().isWritablePrimary) throw new Error("this member is not the primary yet");
  admin.createUser({ user: "root", pwd: secret("mongo-root-password"), roles: ["root"] });
}

function prepare() {
  if (!isLoggedIn()) {
    initiate();
    if (!isLoggedIn()) throw new Error("the user root was made but can't log in");
  }
  if (!db.hello().primary) throw new Error("there is no primary yet");
  db.getMongo().setReadPref("primaryPreferred");
  if (admin.getUser("pipeline") !== null) return;
  const roles = ["readWrite", "dbAdmin"].map((role) => ({ role, db: "mocked_data" }));
  admin.createUser({ user: "pipeline", pwd: secret("mongo-password"), roles });
}

// A server that has just started refuses for a while, each step in its own way.
const deadline = Date.now() + 60_000;
for (;;) {
  try {
    prepare();
    break;
  } catch (error) {
    if (Date.now() > deadline) throw error;
    sleep(250);
  }
}
