import Hummingbird
import GRDB
enum Placeholder {}
