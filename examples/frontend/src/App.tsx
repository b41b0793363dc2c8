import { PatientList } from './PatientList';
import { PatientPage } from './PatientPage';
import { usePatientId } from './place';

/** The page: the list of patients, or one of them. */
export function App() {
  const id = usePatientId();
  return (
    <>
      <header className="bar">
        <a href="#/">Patients</a>
        <span>an example frontend on Heliograph</span>
      </header>
      <main>{id === null ? <PatientList /> : <PatientPage key={id} id={id} />}</main>
    </>
  );
}
