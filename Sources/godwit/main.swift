import ArgumentParser
import SwiftCSV
import TOMLKit
print("godwit")
