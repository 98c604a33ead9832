import type { Config } from "./config.ts";
import { contentOfFile, url, type Variable } from "./variable.ts";

const SCHEMES = ["mongodb", "mongodb+srv"];

/** Where MongoDB is; of the two the file goes first. */
export interface MongoVariables extends Record<string, Variable<unknown>> {
  MONGO_URI: Variable<string>;
  MONGO_URI_FILE: Variable<string | undefined>;
}

const uri: Variable<string> = url(
  {
    description: "MongoDB; a database in its path is used instead of mocked_data",
    default: "mongodb://localhost:27017/?replicaSet=rs0&directConnection=true",
    secret: true,
  },
  SCHEMES,
);

const file: Variable<string | undefined> = contentOfFile({
  description: "file with that URI, for one that holds a password; used instead of `MONGO_URI`",
});

/** Variables of the services that talk to MongoDB. */
export const MONGO_VARIABLES: MongoVariables = {
  MONGO_URI: uri,
  MONGO_URI_FILE: {
    ...file,
    accepted: `${file.accepted} and holds ${uri.accepted}`,
    parse: (path) => {
      const content = file.parse(path);
      return content === undefined ? undefined : uri.parse(content);
    },
  },
};

/** The URI to connect to. */
export function mongoUriOf(config: Config<MongoVariables>): string {
  return config.MONGO_URI_FILE ?? config.MONGO_URI;
}
